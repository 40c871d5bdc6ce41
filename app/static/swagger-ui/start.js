// A file of its own, so that the page needs no inline script.

// Of any type with "json" in its name an example that is text would be shown as one quoted string.
const linesAsTheyAre = () => ({
  afterLoad() {
    const made = this.fn.getSampleSchema;
    this.fn.getSampleSchema = (schema, type, config, example) =>
      /jsonl|ndjson/.test(type) && typeof example === "string"
        ? example
        : made(schema, type, config, example);
  },
});

window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    plugins: [linesAsTheyAre],
    presets: [SwaggerUIBundle.presets.apis],
  });
};
