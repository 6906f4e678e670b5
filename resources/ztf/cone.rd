<!-- Cone search and form on the objects of a release, as a STREAM: this RD
builds nothing. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Cone search on ZTF releases</meta>

  <execute on="loaded" title="guards of the cone search"><job><code>
    import ztfvo_dachs
    ztfvo_dachs.install()
  </code></job></execute>

  <STREAM id="parameter">
    <inputKey name="\name" type="double precision" unit="deg" ucd="\ucd"
      tablehead="\head" description="\text" multiplicity="single" std="True">
      <property name="onlyForRenderer">scs.xml</property>
    </inputKey>
  </STREAM>

  <STREAM id="protocol">
    <doc>RA, DEC and SR of the cone-search protocol, checked and limited.</doc>
    <condDesc required="True">
      <LOOP source="ztf/cone#parameter"><csvItems>
        name, ucd, head, text
        RA, pos.eq.ra, RA, "Right ascension of the centre, ICRS, 0 to 360"
        DEC, pos.eq.dec, Dec, "Declination of the centre, ICRS"
        SR, pos.angDistance, Radius, Search radius; the service limits it
      </csvItems></LOOP>
      <phraseMaker>
        <setup imports="ztfvo_dachs.cone"/>
        <code>yield from cone.protocol_phrase(core, inPars, outPars)</code>
      </phraseMaker>
    </condDesc>
  </STREAM>

  <STREAM id="human">
    <doc>Position or name, and radius, of the form.</doc>
    <condDesc required="True">
      <inputKey name="hscs_pos" type="text" multiplicity="single"
        tablehead="Position or name"
        description="Coordinates (ICRS, degrees or h m s, d m s), or a name that SIMBAD knows">
        <property name="notForRenderer">scs.xml</property>
        <property name="placeholder">254.45755 +35.34236</property>
      </inputKey>
      <inputKey name="hscs_sr" type="double precision" unit="arcsec" multiplicity="single"
        tablehead="Radius" description="Search radius">
        <property name="notForRenderer">scs.xml</property>
        <property name="defaultForForm">2</property>
      </inputKey>
      <phraseMaker>
        <setup imports="ztfvo_dachs.cone"/>
        <code>yield from cone.form_phrase(core, inPars, outPars)</code>
      </phraseMaker>
    </condDesc>
  </STREAM>

  <NXSTREAM id="service">
    <doc>
      The service `cone` on table `objects`: protocol and form.  `label` names
      the release, `shortName` does so in the registry, `prefix` starts the
      description.
    </doc>
    <service id="cone" allowed="form,scs.xml" defaultRenderer="form">
      <meta name="title">\label: cone search</meta>
      <meta name="shortName">\shortName SCS</meta>
      <meta name="description">\prefix Light curves of \label around a position, with their
        statistics.  The radius is limited; larger areas are open to TAP.</meta>
      <meta name="testQuery.ra">254.45755</meta>
      <meta name="testQuery.dec">35.34236</meta>
      <meta name="testQuery.sr">0.001</meta>
      <publish render="scs.xml" sets="ivo_managed"/>
      <publish render="form" sets="local,ivo_managed"/>

      <scsCore queriedTable="objects">
        <FEED source="ztf/cone#human"/>
        <FEED source="ztf/cone#protocol"/>
        <condDesc>
          <inputKey name="filter" type="text" multiplicity="multiple" tablehead="Band"
            description="Bands to return; all when none is chosen" ucd="meta.id;instr.filter">
            <values multiOk="True">
              <option title="zg">zg</option>
              <option title="zr">zr</option>
              <option title="zi">zi</option>
            </values>
          </inputKey>
        </condDesc>
        <condDesc buildFrom="ngoodobs"/>
        <condDesc buildFrom="mag_amplitude"/>
      </scsCore>

      <outputTable>
        <outputField original="_r"/>
        <outputField original="oid">
          <formatter>
            from ztfvo_dachs import links
            return T.a(href=links.page(rd.schema, data),
              title="Page about this light curve")[str(data)]
          </formatter>
        </outputField>
        <LOOP listItems="ra dec fieldid rcid filter nobs ngoodobs mag_median mag_amplitude
          chi2_red"><events passivate="True">
          <outputField original="\\item"/>
        </events></LOOP>
      </outputTable>
    </service>
  </NXSTREAM>
</resource>
