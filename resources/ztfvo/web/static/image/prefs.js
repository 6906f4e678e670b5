// Settings of JS9: nothing is asked of other servers.
var JS9Prefs = {
  globalOpts: { installDir: "/static/vendor/js9/", helperType: "none", loadProxy: false, loadProxyURL: "" },
  imageOpts: { colormap: "grey", scale: "log", flip: "none" },
};
