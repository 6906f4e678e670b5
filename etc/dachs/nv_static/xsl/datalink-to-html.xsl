<!-- Links of DataLink as a page. -->
<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:v="http://www.ivoa.net/xml/VOTable/v1.3"
  exclude-result-prefixes="v" version="1.0">
  <xsl:output method="html" encoding="utf-8" doctype-system="about:legacy-compat"/>

  <xsl:variable name="fields" select="//v:RESOURCE[@type='results']/v:TABLE/v:FIELD"/>
  <xsl:template name="cell">
    <xsl:param name="name"/>
    <xsl:variable name="place" select="count($fields[@name=$name]/preceding-sibling::v:FIELD) + 1"/>
    <xsl:if test="$fields[@name=$name]"><xsl:value-of select="v:TD[$place]"/></xsl:if>
  </xsl:template>

  <xsl:template match="/">
    <html lang="en">
      <head>
        @LINKS@
        <link rel="stylesheet" href="@STATIC@/dachs.css"/>
        <meta name="robots" content="noindex,nofollow"/>
        <title>Links · @SITE_NAME@</title>
      </head>
      <body>
        @HEAD@
        <main id="content" tabindex="-1">
          <h1 id="links">Links</h1>
          <div class="wide" role="region" tabindex="0" aria-labelledby="links">
            <table class="results">
              <thead><tr><th scope="col">Of</th><th scope="col">What</th><th scope="col">Description</th><th scope="col">Type</th><th scope="col">Bytes</th></tr></thead>
              <tbody><xsl:apply-templates select="//v:RESOURCE[@type='results']//v:TR"/></tbody>
            </table>
          </div>
          <xsl:apply-templates select="//v:RESOURCE[@utype='adhoc:service']"/>
        </main>
        @FOOT@
      </body>
    </html>
  </xsl:template>

  <xsl:template match="v:TR">
    <xsl:variable name="address"><xsl:call-template name="cell"><xsl:with-param name="name">access_url</xsl:with-param></xsl:call-template></xsl:variable>
    <xsl:variable name="fault"><xsl:call-template name="cell"><xsl:with-param name="name">error_message</xsl:with-param></xsl:call-template></xsl:variable>
    <xsl:variable name="service"><xsl:call-template name="cell"><xsl:with-param name="name">service_def</xsl:with-param></xsl:call-template></xsl:variable>
    <xsl:variable name="bytes"><xsl:call-template name="cell"><xsl:with-param name="name">content_length</xsl:with-param></xsl:call-template></xsl:variable>
    <xsl:variable name="about"><xsl:call-template name="cell"><xsl:with-param name="name">description</xsl:with-param></xsl:call-template></xsl:variable>
    <xsl:variable name="what"><xsl:call-template name="cell"><xsl:with-param name="name">semantics</xsl:with-param></xsl:call-template></xsl:variable>
    <xsl:variable name="text"><xsl:value-of select="$about"/><xsl:if test="$about = ''"><xsl:value-of select="$what"/></xsl:if></xsl:variable>
    <tr>
      <td><xsl:call-template name="cell"><xsl:with-param name="name">ID</xsl:with-param></xsl:call-template></td>
      <td><xsl:value-of select="$what"/></td>
      <td class="text">
        <xsl:choose>
          <xsl:when test="$fault != ''"><span class="bad"><xsl:value-of select="$fault"/></span></xsl:when>
          <xsl:when test="starts-with($address, 'http://') or starts-with($address, 'https://')"><a href="{$address}"><xsl:value-of select="$text"/></a></xsl:when>
          <xsl:when test="$service != ''"><a href="#{$service}"><xsl:value-of select="$text"/></a></xsl:when>
          <xsl:otherwise><xsl:value-of select="$text"/></xsl:otherwise>
        </xsl:choose>
      </td>
      <td><xsl:call-template name="cell"><xsl:with-param name="name">content_type</xsl:with-param></xsl:call-template></td>
      <td class="number"><xsl:if test="$bytes &gt; 0"><xsl:value-of select="$bytes"/></xsl:if></td>
    </tr>
  </xsl:template>

  <xsl:template match="v:RESOURCE">
    <section id="{@ID}" aria-labelledby="{@ID}-title">
      <h2 id="{@ID}-title"><xsl:value-of select="@name"/><xsl:if test="not(@name)"><xsl:value-of select="@ID"/></xsl:if></h2>
      <p><xsl:value-of select="v:DESCRIPTION"/></p>
      <form class="nevow-form" method="get" action="{v:PARAM[@name='accessURL']/@value}">
        <xsl:apply-templates select="v:GROUP[@name='inputParams']/v:PARAM"/>
        <div class="actions"><button type="submit">Go</button></div>
      </form>
    </section>
  </xsl:template>

  <xsl:template match="v:PARAM">
    <xsl:variable name="id" select="concat(../../@ID, '-', @name)"/>
    <div class="field">
      <label for="{$id}"><xsl:value-of select="@name"/><xsl:if test="@unit != ''"> [<xsl:value-of select="@unit"/>]</xsl:if></label>
      <div class="inputs">
        <xsl:choose>
          <xsl:when test="v:VALUES/v:OPTION">
            <select id="{$id}" name="{@name}"><option value="">as it comes</option>
              <xsl:for-each select="v:VALUES/v:OPTION"><option value="{@value}"><xsl:value-of select="@name"/><xsl:if test="not(@name)"><xsl:value-of select="@value"/></xsl:if></option></xsl:for-each>
            </select>
          </xsl:when>
          <xsl:otherwise><input id="{$id}" type="text" name="{@name}" value="{@value}"/></xsl:otherwise>
        </xsl:choose>
      </div>
      <div class="description"><xsl:value-of select="v:DESCRIPTION"/></div>
    </div>
  </xsl:template>
</xsl:stylesheet>
