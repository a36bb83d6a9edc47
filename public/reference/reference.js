// The script of the page /docs: shows the API reference from /openapi.json.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference" });
