// Tables of results: what can be done with them.
import { sortable } from "./page/sorting.js";
import { offerSamp } from "./page/hub.js";
import { openOnDemand } from "./frame.js";
import { offerCopies } from "./page/copying.js";

document.querySelectorAll("table[data-sortable]").forEach(sortable);
document.querySelectorAll("button[data-samp]").forEach(offerSamp);
document.querySelectorAll("a[data-frame]").forEach(openOnDemand);
offerCopies(document);
