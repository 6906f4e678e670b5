// Pages of texts, parts of which are copied.
import { offerCopies } from "./page/copying.js";

offerCopies(document);
