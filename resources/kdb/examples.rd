<!-- The TAP examples on the knowledge database; etc/userconfig.rd feeds them to
the TAP service. -->

<resource schema="kdb" resdir=".">
  <meta name="title">TAP examples on the knowledge database</meta>

  <STREAM id="tap">
    <doc>What the TAP service shows at /tap/examples.</doc>

    <meta name="_example" title="Supernova candidates with their light curves' statistics">
      All objects to which experts gave a tag of supernovae in :taptable:`kdb.objects`, with the
      statistics of :taptable:`ztf.objects`.  Tags are separated by #; ivo_hashlist_has finds one.

      .. tapquery::

        SELECT k.oid, k.tags, k.description, k.author, o.filter, o.ngoodobs, o.mag_median,
          o.mag_amplitude, o.chi2_red
        FROM kdb.objects AS k
        JOIN ztf.objects AS o ON o.oid = k.oid
        WHERE 1 = ivo_hashlist_has(k.tags, 'SN') OR 1 = ivo_hashlist_has(k.tags, 'SNIa')
          OR 1 = ivo_hashlist_has(k.tags, 'CCSN') OR 1 = ivo_hashlist_has(k.tags, 'SLSN')
        ORDER BY k.oid
    </meta>

    <meta name="_example" title="Disagreements between experts">
      Objects on which two experts recorded different tags: :taptable:`kdb.history` joined with
      itself.  The one with the larger number was later.

      .. tapquery::

        SELECT a.oid, a.number, a.author, a.tags, b.number AS later_number,
          b.author AS later_author, b.tags AS later_tags
        FROM kdb.history AS a
        JOIN kdb.history AS b ON b.oid = a.oid AND b.number &gt; a.number
        WHERE b.author &lt;&gt; a.author AND b.tags &lt;&gt; a.tags
          AND a.deleted = 'False' AND b.deleted = 'False'
        ORDER BY a.oid, a.number
    </meta>

    <meta name="_example" title="How often tags are given">
      The vocabulary is in :taptable:`kdb.tags`, with the number of objects of each tag.

      .. tapquery::

        SELECT name, tag_group, objects, description
        FROM kdb.tags
        WHERE objects &gt; 0
        ORDER BY objects DESC, name
    </meta>
  </STREAM>
</resource>
