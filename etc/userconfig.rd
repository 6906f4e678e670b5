<resource schema="__system">
  <!-- Jobs of every DaCHS process of this site. The number of the process and
    the size of its thread pool come from the supervisor's environment. -->

  <execute on="loaded" title="intervals on the first process only"><job><code>
    import os
    from gavo.base import cron
    if os.environ.get("ZTFVO_PROCESS", "0") != "0":
      # Jobs with a negative interval run once, at the start; those are kept.
      cron.isCensored = lambda job: (
        isinstance(job, cron.TimedJob) or job.interval &gt; 0)
      cron._queue.jobs[:] = []
  </code></job></execute>

  <execute on="loaded" title="nobody raises the query time limit"><job><code>
    from gavo import base
    from gavo.svcs import common
    if not hasattr(common.QueryMeta, "fillUnlimited"):
      common.QueryMeta.fillUnlimited = common.QueryMeta._fillDbOptions

      def fillLimited(self, args):
        self.fillUnlimited(args)
        limit = base.getConfig("web", "sqlTimeout")
        # The comparison also drops nan, which compares as false.
        if not self["timeout"] &lt;= limit:
          self["timeout"] = limit

      common.QueryMeta._fillDbOptions = fillLimited
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
