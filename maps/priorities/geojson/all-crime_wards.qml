<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16" styleCategories="AllStyleCategories">
 <renderer-v2 type="categorizedSymbol" symbollevels="0" enableorderby="0" forceraster="0" attr="sd_flag">
  <categories>
   <category type="string" value="significantly above" symbol="0" label="Significantly above (over 237.6)" render="true" />
   <category type="string" value="above" symbol="1" label="Above (over 175.1, to 237.6)" render="true" />
   <category type="string" value="average" symbol="2" label="Average (50.0 to 175.1)" render="true" />
   <category type="string" value="below" symbol="3" label="Below (under 50.0)" render="true" />
   <category type="string" value="significantly below" symbol="4" label="Significantly below (cannot occur: limit under 0)" render="true" />
  </categories>
  <symbols>
   <symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="178,24,43,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="178,24,43,255" />
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
      <Option name="color" type="QString" value="239,138,98,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="239,138,98,255" />
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
      <Option name="color" type="QString" value="250,249,246,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="250,249,246,255" />
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
      <Option name="color" type="QString" value="103,169,207,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="103,169,207,255" />
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
      <Option name="color" type="QString" value="33,102,172,255" />
      <Option name="style" type="QString" value="solid" />
      <Option name="outline_color" type="QString" value="110,110,110,255" />
      <Option name="outline_style" type="QString" value="solid" />
      <Option name="outline_width" type="QString" value="0.15" />
      <Option name="outline_width_unit" type="QString" value="MM" />
      <Option name="joinstyle" type="QString" value="round" />
      <Option name="offset" type="QString" value="0,0" />
      <Option name="offset_unit" type="QString" value="MM" />
     </Option>
     <prop k="color" v="33,102,172,255" />
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
  <field name="sd_score">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="2" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field name="sd_mean">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="1" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field name="sd_above">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="1" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field name="sd_signif">
   <editWidget type="Range">
    <config>
     <Option type="Map">
      <Option name="AllowNull" type="bool" value="true" />
      <Option name="Precision" type="int" value="1" />
     </Option>
    </config>
   </editWidget>
  </field>
  <field name="sd_margin">
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
  <alias field="sd_flag" index="8" name="Against the average" />
  <alias field="sd_score" index="9" name="SDs from the mean (SD)" />
  <alias field="sd_mean" index="10" name="Mean of the areas" />
  <alias field="sd_above" index="11" name="Threshold: above" />
  <alias field="sd_signif" index="12" name="Threshold: significantly above" />
  <alias field="sd_margin" index="13" name="Margin to the nearest threshold" />
  <alias field="sd_near" index="14" name="Near a threshold" />
 </aliases>
 <previewExpression>"name"</previewExpression>
 <mapTip enabled="1">&lt;b&gt;[% replace(replace(replace(coalesce("name", ''), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;') %]&lt;/b&gt;&lt;br&gt;&lt;i&gt;[% replace(replace(replace(coalesce("district", ''), '&amp;', '&amp;amp;'), '&lt;', '&amp;lt;'), '&gt;', '&amp;gt;') %]&lt;/i&gt;&lt;br&gt;Against the average: &lt;b&gt;[% CASE WHEN "sd_flag" = 'significantly above' THEN 'Significantly above (over 237.6)' WHEN "sd_flag" = 'above' THEN 'Above (over 175.1, to 237.6)' WHEN "sd_flag" = 'average' THEN 'Average (50.0 to 175.1)' WHEN "sd_flag" = 'below' THEN 'Below (under 50.0)' WHEN "sd_flag" = 'significantly below' THEN 'Significantly below (cannot occur: limit under 0)' ELSE 'No data' END %]&lt;/b&gt;&lt;br&gt;Incidents (incidents): &lt;b&gt;[% coalesce(format_number("n", 0), 'no data') %]&lt;/b&gt;&lt;br&gt;Rate (per 1,000 people a year): &lt;b&gt;[% coalesce(format_number("rate", 1), 'no data') %]&lt;/b&gt;</mapTip>
 <layerGeometryType>2</layerGeometryType>
</qgis>
