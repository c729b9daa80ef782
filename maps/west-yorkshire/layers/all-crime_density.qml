<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" opacity="1" alphaBand="-1" nodataColor="" classificationMin="0.0" classificationMax="10102.56002126117">
   <rasterTransparency />
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Exact</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" minimumValue="0.0" maximumValue="10102.56002126117" labelPrecision="4">
     <item value="167.14321571253305" color="#faf9f6" alpha="0" label="Under the mean (under 167)" />
     <item value="334.2864314250661" color="#ffffb2" alpha="204" label="1 to 2 × the mean (167 to 334)" />
     <item value="501.42964713759915" color="#fecc5c" alpha="204" label="2 to 3 × the mean (334 to 501)" />
     <item value="668.5728628501322" color="#fd8d3c" alpha="204" label="3 to 4 × the mean (501 to 669)" />
     <item value="835.7160785626653" color="#f03b20" alpha="204" label="4 to 5 × the mean (669 to 836)" />
     <item value="inf" color="#bd0026" alpha="204" label="5 × the mean or more (836 or more)" />
    </colorrampshader>
   </rastershader>
  </rasterrenderer>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
