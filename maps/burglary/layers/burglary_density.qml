<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories" labelsEnabled="0">
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
     <item value="31.581977114738773" color="#faf9f6" alpha="0" label="The other 25% (under 31.6)" />
     <item value="54.18433225875287" color="#bf8100" alpha="204" label="Next, up to 75% (31.6 to 54.2)" />
     <item value="82.78364702903873" color="#b7431a" alpha="204" label="Next, up to 50% (54.2 to 82.8)" />
     <item value="115.81903704210829" color="#9b0f0a" alpha="204" label="Next, up to 25% (82.8 to 116)" />
     <item value="inf" color="#430003" alpha="204" label="Densest ground, up to 10% of incidents (116 to 240, the highest)" />
    </colorrampshader>
   </rastershader>
  </rasterrenderer>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
