// Shows the OpenAPI document that the page names.
const place = document.getElementById("api");
window.SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true, validatorUrl: null });
