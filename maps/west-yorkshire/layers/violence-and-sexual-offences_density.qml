<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories">
 <pipe>
  <rasterrenderer type="singlebandpseudocolor" band="1" opacity="1" alphaBand="-1" nodataColor="" classificationMin="0.0" classificationMax="2250.422970174853">
   <rasterTransparency />
   <minMaxOrigin>
    <limits>None</limits>
    <extent>WholeRaster</extent>
    <statAccuracy>Exact</statAccuracy>
   </minMaxOrigin>
   <rastershader>
    <colorrampshader colorRampType="DISCRETE" classificationMode="1" clip="0" minimumValue="0.0" maximumValue="2250.422970174853" labelPrecision="4">
     <item value="70.20485282475653" color="#faf9f6" alpha="0" label="Under the mean (under 70.2)" />
     <item value="140.40970564951306" color="#ffffb2" alpha="204" label="1 to 2 × the mean (70.2 to 140)" />
     <item value="210.61455847426961" color="#fecc5c" alpha="204" label="2 to 3 × the mean (140 to 211)" />
     <item value="280.8194112990261" color="#fd8d3c" alpha="204" label="3 to 4 × the mean (211 to 281)" />
     <item value="351.02426412378264" color="#f03b20" alpha="204" label="4 to 5 × the mean (281 to 351)" />
     <item value="inf" color="#bd0026" alpha="204" label="5 × the mean or more (351 or more)" />
    </colorrampshader>
   </rastershader>
  </rasterrenderer>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
