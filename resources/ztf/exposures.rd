<!-- The table of exposures of a release, as a STREAM: this RD builds nothing.
It takes `store`, the schema whose view of the same name is shown. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Exposures of ZTF releases</meta>

  <NXSTREAM id="exposures">
    <table id="exposures" onDisk="True" adql="True" primary="exposure_id">
      <meta name="table-rank">40</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.rows("\store", "exposures")
      </codeItems></LOOP>
      <meta name="title">\label: exposures</meta>
      <meta name="description">\prefix One row per exposure of a field, readout channel and
        filter, as recovered from the detections: all light curves of one
        channel share its exposures.</meta>
      <index columns="exposure_id" metaOnly="True"/>
      <FEED source="ztf/tables#topocentric" column="obsmjd"/>
      <FEED source="ztf/tables#topocentric" column="mjd_mid"/>

      <column name="exposure_id" type="bigint" required="True"
        ucd="meta.id;meta.main" tablehead="Exposure"
        description="Number of the exposure within this release">
        <property name="json">text</property>
      </column>
      <FEED source="ztf/tables#detector-columns"/>
      <column name="obsmjd" type="double precision" unit="d" required="True"
        ucd="time.start;obs.exposure" tablehead="Start" displayHint="sf=6"
        description="Modified Julian date (UTC, topocentric at Palomar) of the start of the exposure"/>
      <column name="obsmjd_source" type="text" required="True"
        ucd="meta.note" tablehead="Start is" verbLevel="25"
        description="How obsmjd is known: 'observed' from image metadata; 'estimated' to the
          second from mjd_mid and exptime; or 'coarse', to minutes, where the release's times
          have steps of 1/256 d"/>
      <column name="exptime" type="real" unit="s"
        ucd="time.duration;obs.exposure" tablehead="Exp. time" displayHint="sf=1"
        description="Exposure time"/>
      <column name="exptime_source" type="text" required="True"
        ucd="meta.note" tablehead="Exp. time is" verbLevel="25"
        description="How exptime is known: 'observed' from image metadata, or 'assumed' to be 30 s"/>
      <column name="mjd_mid" type="double precision" unit="d" required="True"
        ucd="time.epoch;obs.exposure" tablehead="Mid-exposure" displayHint="sf=6"
        description="Modified Julian date (UTC, topocentric at Palomar) of mid-exposure"/>
      <column name="clrcoeff" type="real"
        ucd="stat.fit.param;phot.color" tablehead="Colour coeff."
        description="Coefficient of the linear colour term in the photometric calibration of
          the exposure"/>
      <column name="ndetections" type="integer" required="True"
        ucd="meta.number" tablehead="Detections"
        description="Number of detections of this release made in the exposure"/>
      <column name="filefracday" type="bigint"
        ucd="meta.id;meta.file" tablehead="File time" verbLevel="25"
        description="Date and fraction of day in the names of the exposure's image files
          (YYYYMMDDdddddd), where known">
        <values nullLiteral="-1"/>
      </column>
      <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM \store.exposures)</viewStatement>
    </table>
  </NXSTREAM>
</resource>
