<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories">
 <renderer-v2 type="graduatedSymbol" symbollevels="0" enableorderby="0" forceraster="0" attr="rate" graduatedMethod="GraduatedColor">
  <ranges>
   <range lower="12.450000000000001" upper="12.793519787463728" symbol="0" label="12.5 to 12.8" render="true" />
   <range lower="11.65" upper="12.450000000000001" symbol="1" label="11.7 to 12.4" render="true" />
   <range lower="8.65" upper="11.65" symbol="2" label="8.7 to 11.6" render="true" />
   <range lower="8.450000000000001" upper="8.65" symbol="3" label="8.5 to 8.6" render="true" />
   <range lower="8.436341600821857" upper="8.450000000000001" symbol="4" label="8.4" render="true" />
  </ranges>
  <symbols>
   <symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="37,52,148,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="37,52,148,255" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="solid" />
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
      <Option name="color" type="QString" value="44,127,184,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="44,127,184,255" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="solid" />
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
      <Option name="color" type="QString" value="65,182,196,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="65,182,196,255" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="solid" />
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
      <Option name="color" type="QString" value="161,218,180,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="161,218,180,255" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="solid" />
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
      <Option name="color" type="QString" value="255,255,204,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="255,255,204,255" />
     <prop k="style" v="solid" />
     <prop k="outline_color" v="110,110,110,255" />
     <prop k="outline_style" v="solid" />
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
  <field name="rate">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="1" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field name="rate_lo">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="1" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field name="rate_hi">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="1" />
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
  <alias field="n" index="4" name="Incidents (incidents)" />
  <alias field="rate" index="5" name="Rate (per 1,000 people a year)" />
  <alias field="rate_lo" index="6" name="Rate, lower limit (per 1,000 people a year)" />
  <alias field="rate_hi" index="7" name="Rate, upper limit (per 1,000 people a year)" />
 </aliases>
 <previewExpression>"name"</previewExpression>
 <mapTip enabled="1">&lt;b&gt;[% replace(replace(replace(coalesce("name", ''), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;') %]&lt;/b&gt;&lt;br&gt;&lt;i&gt;[% replace(replace(replace(coalesce("district", ''), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;') %]&lt;/i&gt;&lt;br&gt;Rate (per 1,000 people a year): &lt;b&gt;[% coalesce(format_number("rate", 1), 'no data') %]&lt;/b&gt;&lt;br&gt;Incidents (incidents): &lt;b&gt;[% coalesce(format_number("n", 0), 'no data') %]&lt;/b&gt;</mapTip>
 <layerGeometryType>2</layerGeometryType>
</qgis>
