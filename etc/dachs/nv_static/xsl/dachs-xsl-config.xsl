<!-- What documents in XML have in common when a browser shows them as pages. -->
<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns="http://www.w3.org/1999/xhtml" version="1.0">
  <xsl:template name="localCompleteHead">
    @LINKS@
    <link rel="stylesheet" href="@STATIC@/dachs.css"/>
    <meta name="robots" content="noindex,nofollow"/>
  </xsl:template>
  <xsl:template name="localMakeFoot">
    @FOOT@
  </xsl:template>
</xsl:stylesheet>
