// For the pages of DaCHS, whose scripts expect a module to export to, and to make code of text,
// which the site's rules do not allow.
var module = {};
window.renderTemplate = (name) => document.getElementById(name).innerHTML;
