// Pages of texts, parts of which are copied.
import { offerCopies } from "./copying.js";

offerCopies(document);
