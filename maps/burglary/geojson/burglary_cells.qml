<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories">
 <renderer-v2 type="categorizedSymbol" symbollevels="0" enableorderby="0" forceraster="0" attr="gi_class">
  <categories>
   <category type="string" value="hot99" symbol="0" label="Hotspot, 99% confidence (q ≤ 0.01)" render="true" />
   <category type="string" value="hot95" symbol="1" label="Hotspot, 95% confidence (q ≤ 0.05)" render="true" />
   <category type="string" value="hot90" symbol="2" label="Hotspot, 90% confidence (q ≤ 0.10)" render="true" />
   <category type="string" value="none" symbol="3" label="Neither hotspot nor coldspot" render="false" />
   <category type="string" value="cold90" symbol="4" label="Coldspot, 90% confidence (q ≤ 0.10)" render="true" />
   <category type="string" value="cold95" symbol="5" label="Coldspot, 95% confidence (q ≤ 0.05)" render="true" />
   <category type="string" value="cold99" symbol="6" label="Coldspot, 99% confidence (q ≤ 0.01)" render="true" />
   <category type="string" value="undefined" symbol="7" label="Undefined (no neighbours or no variation)" render="true" />
  </categories>
  <symbols>
   <symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="178,24,43,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="178,24,43,255" />
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
      <Option name="color" type="QString" value="239,138,98,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="239,138,98,255" />
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
      <Option name="color" type="QString" value="253,219,199,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="253,219,199,255" />
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
      <Option name="color" type="QString" value="250,249,246,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="250,249,246,255" />
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
      <Option name="color" type="QString" value="198,220,234,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="198,220,234,255" />
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
   <symbol name="5" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="103,169,207,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="103,169,207,255" />
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
   <symbol name="6" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="33,102,172,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="33,102,172,255" />
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
   <symbol name="7" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="154,154,154,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="no" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="154,154,154,255" />
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
 </renderer-v2>
 <layerOpacity>1</layerOpacity>
 <fieldConfiguration>
  <field name="population">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="0" />
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
  <field name="gi_z">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="2" />
     </Option>
    </config>
   </editWidget>
  </field>
 </fieldConfiguration>
 <aliases>
  <alias field="code" index="0" name="Code" />
  <alias field="name" index="1" name="Name" />
  <alias field="district" index="2" name="District" />
  <alias field="population" index="3" name="Population (people)" />
  <alias field="area_km2" index="4" name="Area (km²)" />
  <alias field="n" index="5" name="Incidents (incidents)" />
  <alias field="gi_z" index="6" name="Gi* z score" />
  <alias field="gi_p" index="7" name="Gi* p value" />
  <alias field="gi_q" index="8" name="Gi* q value" />
  <alias field="gi_class" index="9" name="Hotspot class" />
  <alias field="gi_note" index="10" name="Hotspot note" />
 </aliases>
 <previewExpression>"name"</previewExpression>
 <mapTip enabled="1">&lt;b&gt;[% replace(replace(replace(coalesce("name", ''), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;') %]&lt;/b&gt;&lt;br&gt;&lt;i&gt;[% replace(replace(replace(coalesce("district", ''), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;') %]&lt;/i&gt;&lt;br&gt;Hotspot class: &lt;b&gt;[% CASE WHEN "gi_class" = 'hot99' THEN 'Hotspot, 99% confidence (q ≤ 0.01)' WHEN "gi_class" = 'hot95' THEN 'Hotspot, 95% confidence (q ≤ 0.05)' WHEN "gi_class" = 'hot90' THEN 'Hotspot, 90% confidence (q ≤ 0.10)' WHEN "gi_class" = 'none' THEN 'Neither hotspot nor coldspot' WHEN "gi_class" = 'cold90' THEN 'Coldspot, 90% confidence (q ≤ 0.10)' WHEN "gi_class" = 'cold95' THEN 'Coldspot, 95% confidence (q ≤ 0.05)' WHEN "gi_class" = 'cold99' THEN 'Coldspot, 99% confidence (q ≤ 0.01)' WHEN "gi_class" = 'undefined' THEN 'Undefined (no neighbours or no variation)' ELSE 'No data' END %]&lt;/b&gt;&lt;br&gt;Incidents (incidents): &lt;b&gt;[% coalesce(format_number("n", 0), 'no data') %]&lt;/b&gt;&lt;br&gt;Gi* q value: &lt;b&gt;[% coalesce(format_number("gi_q", 4), 'no data') %]&lt;/b&gt;</mapTip>
 <layerGeometryType>2</layerGeometryType>
</qgis>
