// Pages of Sayso: all of this adds to pages that work without it (but /add, which says so).
'use strict';
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
};
const debounce = (ms, run) => {
  let timer;
  return (...args) => { clearTimeout(timer); timer = setTimeout(() => run(...args), ms); };
};

// The key stays in this tab, and is sent to this server alone.
const key = () => sessionStorage.getItem('sayso-key') || '';
async function api(path, { method = 'GET', body, headers = {} } = {}) {
  const sent = { ...headers, ...(key() && { Authorization: `Bearer ${key()}` }) };
  if (body) sent['Content-Type'] = 'application/json';
  try {
    const answer = await fetch(path, { method, headers: sent, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return { ok: answer.ok, status: answer.status, etag: answer.headers.get('ETag'), body: text ? JSON.parse(text) : {} };
  } catch {
    return { ok: false, status: 0, body: { detail: 'The server did not answer. Nothing was written; try again.' } };
  }
}

for (const button of all('[data-copy]')) {
  const words = button.textContent;
  button.hidden = false;
  button.setAttribute('aria-live', 'polite');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(one(`#${button.dataset.copy}`).textContent.trim());
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}

// A region is a stop for the keyboard only while there is something to scroll.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
});
all('[role=region][tabindex]').forEach((region) => sizes.observe(region));

// Thousands may be set apart; what is no such number is sent as it is, and refused where it is none.
const inThrees = /^-?\d{1,3}([, \u00a0\u202f])\d{3}(\1\d{3})*(\.\d+)?$/;
const plainNumber = (text) => (inThrees.test(text.trim()) ? text.replace(/[^\d.-]/g, '') : text.trim());

// A field left empty asks nothing.
for (const form of all('form.ask')) {
  form.addEventListener('submit', () => {
    for (const field of all('input, select', form)) {
      if (field.inputMode === 'decimal') field.value = plainNumber(field.value);
      field.disabled = field.value === '';
    }
    for (const [name, plain] of [['policy', 'convention'], ['readings', 'preferred']]) {
      all(`[name=${name}]`, form).forEach((field) => { if (field.value === plain) field.disabled = true; });
    }
  });
}
addEventListener('pageshow', () => all('form.ask :disabled').forEach((field) => { field.disabled = false; }));
addEventListener('beforeprint', () => all('details:not(.request)').forEach((part) => { part.open = true; }));

// Combobox (WAI-ARIA): suggestions by name; what is typed stays what is sent.
class Suggestions {
  constructor(input) {
    this.input = input;
    this.kind = input.dataset.combo;
    this.several = input.dataset.several !== undefined;
    this.list = make('ul', { id: `${input.id}-list`, hidden: true });
    this.status = make('span', { className: 'hide' });
    this.at = -1;
    const box = make('div', { className: 'combo' });
    input.replaceWith(box);
    box.append(input, this.list, this.status);
    this.mark(this.list, { role: 'listbox', 'aria-label': 'Suggestions' });
    this.mark(this.status, { role: 'status' });
    this.mark(input, { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': this.list.id });
    input.addEventListener('input', debounce(150, () => this.ask()));
    input.addEventListener('blur', () => this.close());
    input.addEventListener('keydown', (event) => this.key(event));
  }

  mark(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  }

  get before() { return this.several ? this.input.value.replace(/[^,]*$/, '') : ''; }

  async ask() {
    const words = this.input.value.slice(this.before.length).trim();
    if (words.length < 2) { this.close(); return; }
    const { ok, body } = await api(`/v1/${this.kind}?fields=id,name&limit=8&q=${encodeURIComponent(words)}`);
    if (ok && document.activeElement === this.input) this.show(body.items);
  }

  show(items) {
    this.list.replaceChildren(...items.map((item, n) => {
      const option = make('li', { id: `${this.list.id}-${n}` }, item.name || item.id, make('span', { textContent: item.id }));
      this.mark(option, { role: 'option', 'aria-selected': 'false' });
      option.dataset.value = item.id;
      option.addEventListener('mousedown', (event) => { event.preventDefault(); this.choose(option); });
      return option;
    }));
    this.at = -1;
    this.list.hidden = !items.length;
    this.mark(this.input, { 'aria-expanded': String(!this.list.hidden) });
    this.status.textContent = items.length ? `${items.length} found; use the arrow keys` : 'Nothing has this name yet';
  }

  close() {
    this.list.hidden = true;
    this.at = -1;
    this.mark(this.input, { 'aria-expanded': 'false' });
    this.input.removeAttribute('aria-activedescendant');
  }

  move(to) {
    const options = all('li', this.list);
    if (!options.length) return;
    this.at = (to + options.length) % options.length;
    options.forEach((option, n) => option.setAttribute('aria-selected', n === this.at));
    options[this.at].scrollIntoView({ block: 'nearest' });
    this.mark(this.input, { 'aria-activedescendant': options[this.at].id });
  }

  choose(option) {
    const before = this.before.trim();
    this.input.value = (before ? `${before} ` : '') + option.dataset.value;
    this.close();
    this.input.dispatchEvent(new Event('change', { bubbles: true }));
  }

  key(event) {
    if (event.key === 'Escape') { if (this.list.hidden) return; this.close(); }
    else if (this.list.hidden) { if (event.key === 'ArrowDown') this.ask(); return; }
    else if (event.key === 'ArrowDown') this.move(this.at + 1);
    else if (event.key === 'ArrowUp') this.move(this.at < 0 ? -1 : this.at - 1);
    else if (event.key === 'Enter' && this.at >= 0) this.choose(all('li', this.list)[this.at]);
    else return;
    event.preventDefault();
  }
}
all('[data-combo]').forEach((input) => new Suggestions(input));

// The form of /add.
const form = one('#add');
const slug = (text) => text.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60);
if (form) addForm(form);

function addForm(form) {
  const value = (name) => form.elements[name].value.trim();
  const made = { sources: new Map(), measures: new Map() };
  let quote;
  let sha256;

  form.elements.key.value = key();
  form.elements.key.addEventListener('change', () => sessionStorage.setItem('sayso-key', value('key')));

  // The language of the document decides what its words, dots and commas mean.
  const languages = new Map();
  const languageOf = async (id) => {
    if (!id || made.sources.has(id)) return undefined;
    if (!languages.has(id)) {
      const { ok, body } = await api(`/v1/sources/${encodeURIComponent(id)}`);
      languages.set(id, ok ? body.language : undefined);
    }
    return languages.get(id);
  };

  // What the words are read as, while they are typed; a wording with two readings names both.
  const reading = one('#reading');
  const read = debounce(300, async () => {
    reading.hidden = !value('raw_text');
    if (reading.hidden) return;
    const known = value('measure') && !made.measures.has(value('measure'));
    const lang = await languageOf(value('document'));
    const { ok, status, body } = await api('/v1/lexicon/parse', { method: 'POST', body: { text: value('raw_text'), ...(known && { measure: value('measure') }), ...(lang && { lang }) } });
    if (!status) return;
    reading.classList.toggle('fail', !ok);
    reading.replaceChildren(...(ok ? ['Read as: ', make('b', { textContent: `${body.sentence}.` })] : [body.errors?.[0]?.detail || body.detail]));
    if (!ok) one('#by-hand').open = true;
  });
  form.elements.raw_text.addEventListener('input', read);
  form.elements.measure.addEventListener('change', read);
  form.elements.document.addEventListener('change', read);
  if (value('raw_text')) read();

  // The quote: places are counted in code points, as the API counts them; the text stays here.
  one('#pick').addEventListener('click', async () => {
    const { value: text, selectionStart: from, selectionEnd: to } = one('#text');
    const points = (part) => [...part].length;
    quote = to > from ? { exact: text.slice(from, to), start: points(text.slice(0, from)), end: points(text.slice(0, to)) } : undefined;
    if (quote && crypto.subtle) {
      const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
      sha256 = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    one('#picked').textContent = quote ? `${quote.end - quote.start} characters picked` : 'Nothing is selected';
  });

  // A name that is stored may be of another one: it is used, and that is said.
  const stored = async (kind, id, name) => {
    const { ok, body } = await api(`/v1/${kind}/${id}`);
    if (!ok) return `“${name}” is made together with the claim.`;
    made[kind].delete(id);
    const what = body.kind ? ` (${body.kind.replace(/_/g, ' ')})` : '';
    return `This is here already, and is used: “${body.name || id}”${what}. If yours is another, give it another name.`;
  };

  const makers = {
    measure() {
      const name = one('#new-measure-name').value.trim();
      const unit = one('#new-measure-unit').value.trim();
      if (!name || !unit) return 'Give both its name and what one of it is.';
      const id = slug(name) || `m-${Date.now().toString(36)}`;
      form.elements.measure.value = id;
      made.measures.set(id, { id, name, unit: `{${slug(unit) || 'item'}}`, unit_label: unit, domain_min: '0', accumulation: one('#new-measure-grows').value });
      return stored('measures', id, name);
    },
    source() {
      const name = one('#new-source-name').value.trim();
      if (!name) return 'Give its name.';
      const id = slug(name) || `s-${Date.now().toString(36)}`;
      const use = one('#new-source-for').value;
      const field = form.elements[use];
      field.value = use === 'via' && field.value.trim() ? `${field.value.trim()}, ${id}` : id;
      made.sources.set(id, { id, name, kind: one('#new-source-kind').value });
      return stored('sources', id, name);
    },
  };
  // A document is a work: an article, until another kind is chosen.
  one('#new-source-for').addEventListener('change', (event) => {
    one('#new-source-kind').value = event.target.value === 'document' ? 'article' : 'person';
  });
  for (const button of all('[data-make]')) {
    button.addEventListener('click', async () => { one(`#made-${button.dataset.make}`).textContent = await makers[button.dataset.make](); });
  }

  const editing = form.dataset.claim;
  // What a field began with, as the browser shows it: a correction sends what was changed alone.
  const shownFirst = (field) => {
    const text = field.options ? [...field.options].find((option) => option.defaultSelected)?.value ?? '' : field.defaultValue;
    return text.replace(/[\r\n]/g, '').trim();
  };
  const isSent = (name) => (editing ? value(name) !== shownFirst(form.elements[name]) : Boolean(value(name)));
  const numbers = ['value', 'lower', 'upper'];

  function claim() {
    const body = {};
    const wording = isSent('raw_text');  // is read anew, so that numbers given by hand go with it
    const send = (name, read) => {
      const goesWith = wording && value(name) && (name === 'hedge' || numbers.includes(name));
      if (isSent(name) || goesWith) body[name] = value(name) ? read(value(name)) : null;
    };
    for (const name of ['raw_text', 'measure', 'document', 'claimant', 'stated', 'hedge', 'modality', 'statement']) send(name, (text) => text);
    for (const name of numbers) send(name, plainNumber);
    const via = value('via').split(',').map((id) => id.trim()).filter(Boolean);
    if (isSent('via')) body.via = via;
    if (quote) body.quote = editing ? { prefix: null, suffix: null, type: null, ...quote } : quote;
    const used = new Set([body.measure, body.document, body.claimant, ...via]);
    const sources = [...made.sources.values()].filter((one) => used.has(one.id));
    const document_ = sources.find((one) => one.id === body.document);
    if (document_ && sha256) document_.content_sha256 = sha256;
    const measures = [...made.measures.values()].filter((one) => used.has(one.id));
    if (sources.length || measures.length) body.included = { ...(sources.length && { sources }), ...(measures.length && { measures }) };
    return body;
  }

  const send = (body, query = '') => editing
    ? api(`/v1/claims/${encodeURIComponent(editing)}${query}`, { method: 'PATCH', body, headers: { 'If-Match': `"${form.dataset.version}"` } })
    : api(`/v1/claims${query}`, { method: 'POST', body });

  // Claims much like this one, and notices, are shown before it is saved; a second press saves it.
  const similar = one('#similar');
  let shown = '';
  async function alike(body) {
    if (editing) return {};
    const { ok, body: answer } = await send(body, '?dry_run=true');
    return ok ? answer : {};
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const body = claim();
    const { similar: found = [], notices = [] } = shown === JSON.stringify(body) ? {} : await alike(body);
    if (found.length || notices.length) {
      shown = JSON.stringify(body);
      similar.hidden = false;
      similar.replaceChildren(
        ...(found.length ? [make('p', {}, make('b', { textContent: 'Much like this one is here already: ' }),
          ...found.flatMap((id, n) => [n ? ', ' : '', make('a', { href: `/claims/${encodeURIComponent(id)}`, textContent: id })]),
          '. If yours is another, press the button again: both are kept.')] : []),
        ...notices.map(({ detail }) => make('p', { textContent: `Note: ${detail}. Press the button again to add it as it is.` })));
      return;
    }
    const { ok, body: answer } = await send(body);
    if (ok) { location.assign(`/claims/${encodeURIComponent(answer.id)}`); return; }
    complain(form, answer);
  });
}

// Errors: a summary that takes the focus, and the same words at each field.
function complain(form, answer) {
  all('.bad', form).forEach((field) => field.classList.remove('bad'));
  all('.err', form).forEach((text) => text.remove());
  all('[aria-invalid]', form).forEach((field) => { field.removeAttribute('aria-invalid'); field.setAttribute('aria-describedby', `${field.id}-h`); });
  const errors = answer.errors?.length ? answer.errors : [{ detail: answer.detail }];
  one('#errors ul').replaceChildren(...errors.map((error) => make('li', {}, atField(form, error))));
  one('#errors').hidden = false;
  document.title = `Error: ${document.title.replace(/^Error: /, '')}`;
  one('#errors').focus();
}

function atField(form, { pointer = '', detail }) {
  const name = pointer.split('/').find((part) => part && form.elements[part] instanceof Element);
  const field = form.elements[name || 'key'];
  const id = `${field.id}-e`;
  if (!one(`#${id}`)) {
    field.closest('.field')?.classList.add('bad');
    (field.closest('.combo') || field).before(make('p', { className: 'err', id, textContent: detail }));
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', `${field.id}-h ${id}`);
  }
  return make('a', { href: `#${field.id}`, textContent: detail });
}

// Withdrawing and assessing: small forms of their own, with the same key.
function smallForm(id, ask) {
  const form = one(`#${id}`);
  if (!form) return;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { ok, body } = await ask(form);
    const status = one('.err[role=status]', form);  // not that of its suggestions
    if (ok) location.assign(`/claims/${encodeURIComponent(form.dataset.claim || form.dataset.target.slice(7))}`);
    else status.textContent = body.errors?.[0]?.detail || body.detail;
  });
}
smallForm('withdraw', (form) => {
  const query = new URLSearchParams({ reason: form.elements.reason.value.trim(), ...(form.elements['in-error'].checked && { status: 'entered_in_error' }) });
  return api(`/v1/claims/${encodeURIComponent(form.dataset.claim)}?${query}`, { method: 'DELETE', headers: { 'If-Match': `"${form.dataset.version}"` } });
});
smallForm('assess', (form) => {
  const body = { target: form.dataset.target, assessor: form.elements.assessor.value.trim(), comment: form.elements.comment.value.trim() };
  const confidence = form.elements.confidence.value.trim();
  // What is no number is sent as it is, to be refused: JSON would make nothing of it.
  if (confidence) body.confidence = Number.isFinite(Number(confidence)) ? Number(confidence) : confidence;
  return api('/v1/assessments', { method: 'POST', body });
});
