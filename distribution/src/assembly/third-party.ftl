<#-- To be called with dependencyMap: a list of entries of project and its licences. -->
The libraries in lib, and inside the jars in plugins, with their licences. Where a licence asks for its text or a notice to travel
with the library, both are inside its jar, under META-INF. sbom.cdx.json has the same list for machines, with hashes.

<#list dependencyMap as e>
<#assign p = e.getKey()/>
${p.groupId}:${p.artifactId}:${p.version}
<#list e.getValue() as license>
    ${license}
</#list>
<#if p.url??>
    ${p.url}
</#if>
</#list>
