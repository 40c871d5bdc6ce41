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

// A list among the fields of `more`, `dim` and `attr` would be sent as JSON: it is sent as repeats.
const listsAsRepeats = (request) => {
  const url = new URL(request.url, window.location.href);
  const pairs = [...url.searchParams].flatMap(([name, value]) => {
    if (!/^\[".*"\]$/s.test(value)) return [[name, value]];
    return JSON.parse(value).map((one) => [name, one]);
  });
  if (pairs.length > [...url.searchParams].length) {
    url.search = new URLSearchParams(pairs).toString();
    request.url = url.toString();
  }
  return request;
};

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
    requestInterceptor: listsAsRepeats,
    presets: [SwaggerUIBundle.presets.apis],
  });
};
