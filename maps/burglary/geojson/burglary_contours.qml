<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories">
 <renderer-v2 type="graduatedSymbol" symbollevels="0" enableorderby="0" forceraster="0" attr="multiple" graduatedMethod="GraduatedColor">
  <ranges>
   <range lower="5.0" upper="5.0" symbol="0" label="5 × the mean or more (102 or more)" render="true" />
   <range lower="4.0" upper="5.0" symbol="1" label="4 to 5 × the mean (82.0 to 102)" render="true" />
   <range lower="3.0" upper="4.0" symbol="2" label="3 to 4 × the mean (61.5 to 82.0)" render="true" />
   <range lower="2.0" upper="3.0" symbol="3" label="2 to 3 × the mean (41.0 to 61.5)" render="true" />
   <range lower="1.0" upper="2.0" symbol="4" label="1 to 2 × the mean (20.5 to 41.0)" render="true" />
  </ranges>
  <symbols>
   <symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="189,0,38,204" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="189,0,38,204" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="no" />
     <prop k="outline_width" v="0.15" />
     <prop k="outline_width_unit" v="MM" />
     <prop k="joinstyle" v="round" />
     <prop k="offset" v="0,0" />
     <prop k="offset_unit" v="MM" />
    </layer>
   </symbol>
   <symbol name="1" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="240,59,32,204" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="240,59,32,204" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="no" />
     <prop k="outline_width" v="0.15" />
     <prop k="outline_width_unit" v="MM" />
     <prop k="joinstyle" v="round" />
     <prop k="offset" v="0,0" />
     <prop k="offset_unit" v="MM" />
    </layer>
   </symbol>
   <symbol name="2" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="253,141,60,204" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="253,141,60,204" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="no" />
     <prop k="outline_width" v="0.15" />
     <prop k="outline_width_unit" v="MM" />
     <prop k="joinstyle" v="round" />
     <prop k="offset" v="0,0" />
     <prop k="offset_unit" v="MM" />
    </layer>
   </symbol>
   <symbol name="3" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="254,204,92,204" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="254,204,92,204" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="no" />
     <prop k="outline_width" v="0.15" />
     <prop k="outline_width_unit" v="MM" />
     <prop k="joinstyle" v="round" />
     <prop k="offset" v="0,0" />
     <prop k="offset_unit" v="MM" />
    </layer>
   </symbol>
   <symbol name="4" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="255,255,178,204" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="255,255,178,204" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="no" />
     <prop k="outline_width" v="0.15" />
     <prop k="outline_width_unit" v="MM" />
     <prop k="joinstyle" v="round" />
     <prop k="offset" v="0,0" />
     <prop k="offset_unit" v="MM" />
    </layer>
   </symbol>
  </symbols>
  <classificationMethod id="Custom" />
 </renderer-v2>
 <layerOpacity>1</layerOpacity>
 <fieldConfiguration>
  <field name="dens_lo">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="1" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field name="dens_hi">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="1" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field name="area_km2">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="3" />
     </Option>
    </config>
   </editWidget>
  </field>
 </fieldConfiguration>
 <aliases>
  <alias field="code" index="0" name="Code" />
  <alias field="multiple" index="1" name="Times the mean (times the mean)" />
  <alias field="dens_lo" index="2" name="Density from (incidents per km² a year)" />
  <alias field="dens_hi" index="3" name="Density to (incidents per km² a year)" />
  <alias field="area_km2" index="4" name="Area (km²)" />
 </aliases>
 <previewExpression>"code"</previewExpression>
 <mapTip enabled="1">&lt;b&gt;[% replace(replace(replace(coalesce("code", ''), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;') %]&lt;/b&gt;&lt;br&gt;Times the mean (times the mean): &lt;b&gt;[% coalesce(format_number("multiple", 0), 'no data') %]&lt;/b&gt;&lt;br&gt;Density from (incidents per km² a year): &lt;b&gt;[% coalesce(format_number("dens_lo", 1), 'no data') %]&lt;/b&gt;&lt;br&gt;Density to (incidents per km² a year): &lt;b&gt;[% coalesce(format_number("dens_hi", 1), 'no data') %]&lt;/b&gt;</mapTip>
 <layerGeometryType>2</layerGeometryType>
</qgis>
