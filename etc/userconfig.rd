<resource schema="__system">
  <!-- What every DaCHS process of this site runs, and the TAP examples. The
    number of the process and the size of its thread pool come from the
    supervisor's environment. -->

  <STREAM id="tapexamples">
    <FEED source="ztf/examples#tap"/>
    <FEED source="ztf/sources#examples"/>
    <FEED source="ztf/features#examples"/>
    <FEED source="catalogs/examples#tap"/>
    <FEED source="kdb/examples#tap"/>
  </STREAM>

  <STREAM id="obscore-extracolumns">
    <doc>No columns: another service for the links of ivoa.obscore than DaCHS' own, which
      leads one identifier of a request to its collection's service and forgets the others.</doc>
    <meta name="!_associatedDatalinkService.serviceId">ztf/ztf#products</meta>
  </STREAM>

  <execute on="loaded" title="functions, guards and repairs"><job><code>
    import ztfvo_dachs
    ztfvo_dachs.install_or_end()
  </code></job></execute>

  <execute on="loaded" title="intervals on the first process only"><job><code>
    import os
    from gavo.base import cron
    if os.environ.get("ZTFVO_PROCESS", "0") != "0":
      # Jobs with a negative interval run once, at the start; those are kept.
      cron.isCensored = lambda job: (
        isinstance(job, cron.TimedJob) or job.interval &gt; 0)
      cron._queue.jobs[:] = []
  </code></job></execute>

  <execute title="freeze startup objects" every="-864000"><job><code>
    import gc, time
    time.sleep(3)
    gc.collect()
    gc.freeze()
  </code></job></execute>

  <execute title="size of the thread pool" every="-864000"><job><code>
    import os
    from twisted.internet import reactor
    reactor.callFromThread(
      reactor.suggestThreadPoolSize, int(os.environ.get("ZTFVO_THREADS", "30")))
  </code></job></execute>
</resource>
