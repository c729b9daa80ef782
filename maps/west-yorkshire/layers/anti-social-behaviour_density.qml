<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" opacity="1" alphaBand="-1" nodataColor="" classificationMin="0.0" classificationMax="1441.1573585271065">
   <rasterTransparency />
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Exact</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" minimumValue="0.0" maximumValue="1441.1573585271065" labelPrecision="4">
     <item value="56.54544432767146" color="#faf9f6" alpha="0" label="Under the mean (under 56.5)" />
     <item value="113.09088865534292" color="#ffffb2" alpha="204" label="1 to 2 × the mean (56.5 to 113)" />
     <item value="169.63633298301437" color="#fecc5c" alpha="204" label="2 to 3 × the mean (113 to 170)" />
     <item value="226.18177731068585" color="#fd8d3c" alpha="204" label="3 to 4 × the mean (170 to 226)" />
     <item value="282.72722163835726" color="#f03b20" alpha="204" label="4 to 5 × the mean (226 to 283)" />
     <item value="inf" color="#bd0026" alpha="204" label="5 × the mean or more (283 or more)" />
    </colorrampshader>
   </rastershader>
  </rasterrenderer>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
