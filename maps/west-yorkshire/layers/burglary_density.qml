<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" opacity="1" alphaBand="-1" nodataColor="" classificationMin="0.0" classificationMax="240.36883863255827">
   <rasterTransparency />
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Exact</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" minimumValue="0.0" maximumValue="240.36883863255827" labelPrecision="4">
     <item value="20.49246178894877" color="#faf9f6" alpha="0" label="Under the mean (under 20.5)" />
     <item value="40.98492357789754" color="#ffffb2" alpha="204" label="1 to 2 × the mean (20.5 to 41.0)" />
     <item value="61.47738536684631" color="#fecc5c" alpha="204" label="2 to 3 × the mean (41.0 to 61.5)" />
     <item value="81.96984715579508" color="#fd8d3c" alpha="204" label="3 to 4 × the mean (61.5 to 82.0)" />
     <item value="102.46230894474385" color="#f03b20" alpha="204" label="4 to 5 × the mean (82.0 to 102)" />
     <item value="inf" color="#bd0026" alpha="204" label="5 × the mean or more (102 or more)" />
    </colorrampshader>
   </rastershader>
  </rasterrenderer>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
