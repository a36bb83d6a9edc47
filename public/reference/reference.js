// The page at /docs: shows the service's own description of its API.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference" });
