<!-- What is linked to the light curves and detections of a release, as a
STREAM: this RD builds nothing.  The links are made in ztfvo.links. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Links of ZTF releases</meta>

  <NXSTREAM id="services">
    <doc>
      The services `links`, keyed by OID, and `images`, keyed by the
      detection_id of the table detections.  `store` is the store schema,
      `label` names the release, `prefix` starts the descriptions.
    </doc>
    <service id="links" allowed="dlmeta">
      <meta name="title">\label: what belongs to a light curve</meta>
      <meta name="shortName">\shortName links</meta>
      <meta name="description">\prefix The light curve in several forms and as processed on
        request, the other light curves of the same star, its reference image, and pages about
        it.</meta>
      <datalinkCore>
        <descriptorGenerator>
          <setup imports="ztfvo_dachs.datalink"/>
          <code>return datalink.lightcurve(pubDID, args, "\store")</code>
        </descriptorGenerator>
        <metaMaker semantics="#this">
          <setup imports="ztfvo_dachs.datalink"/>
          <code>yield from datalink.links_of_lightcurve(descriptor)</code>
        </metaMaker>
      </datalinkCore>
    </service>

    <service id="images" allowed="dlmeta">
      <meta name="title">\label: images of a detection</meta>
      <meta name="shortName">\shortName imgs</meta>
      <meta name="description">\prefix The images that a detection was measured in, cutouts of
        them, and what else the archive has of the exposure.</meta>
      <datalinkCore>
        <descriptorGenerator>
          <setup imports="ztfvo_dachs.datalink"/>
          <code>return datalink.detection(pubDID, args, "\store")</code>
        </descriptorGenerator>
        <metaMaker semantics="#this">
          <setup imports="ztfvo_dachs.datalink"/>
          <code>yield from datalink.links_of_detection(descriptor)</code>
        </metaMaker>
      </datalinkCore>
    </service>
  </NXSTREAM>

  <NXSTREAM id="products">
    <doc>
      The service `products`, keyed by ObsCore's obs_publisher_did; the table
      ivoa.obscore leads to it, see etc/userconfig.rd.
    </doc>
    <service id="products" allowed="dlmeta">
      <meta name="title">ZTF: what belongs to a light curve or image in ObsCore</meta>
      <meta name="shortName">ZTF products</meta>
      <meta name="description">The links of light curves and science images by the publisher's
        identifiers that ivoa.obscore has for them.</meta>
      <datalinkCore>
        <descriptorGenerator>
          <setup imports="ztfvo_dachs.datalink"/>
          <code>return datalink.product(pubDID, args)</code>
        </descriptorGenerator>
        <metaMaker semantics="#this">
          <setup imports="ztfvo_dachs.datalink"/>
          <code>yield from datalink.links_of_product(descriptor)</code>
        </metaMaker>
      </datalinkCore>
    </service>
  </NXSTREAM>
</resource>
