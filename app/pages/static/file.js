// The page of /add/file: read, match, look, import. The key stays in this tab.
'use strict';
{
  const form = one('#file-form');
  const kinds = {
    csv: 'text/csv', txt: 'text/csv', tsv: 'text/tab-separated-values', json: 'application/json',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ods: 'application/vnd.oasis.opendocument.spreadsheet', gz: 'application/gzip', jsonl: 'application/jsonl',
  };
  const value = (id) => one(`#${id}`).value.trim();
  const say = (id, text) => { one(`#${id}`).textContent = text; };
  let version; // of the mapping that this page stored last
  let stored = ''; // its text
  let columns = [];

  one('#key').value = key();
  one('#key').addEventListener('change', () => sessionStorage.setItem('sayso-key', value('key')));
  one('#file').addEventListener('change', () => {
    const [file] = one('#file').files;
    if (file && !value('name')) one('#name').value = file.name.replace(/\.(gz|csv|tsv|txt|xlsx|ods|jsonl?)$/gi, '').replace(/\.(csv|tsv|txt|jsonl?)$/i, '');
    one('#match').hidden = one('#rows').hidden = true;
  });
  for (const id of ['mapping', 'mapping-id']) one(`#${id}`).addEventListener('input', () => { one('#import').disabled = true; });

  // One request with a body that is a file or a text; how far it has been sent is told.
  function send(method, path, body, headers = {}, sent = () => {}) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const answer = (ok, status, text) => {
        let read = {};
        try { read = JSON.parse(text || '{}'); } catch { read = { detail: 'The server did not answer as expected. Try again.' }; }
        resolve({ ok, status, etag: request.getResponseHeader('ETag'), body: read });
      };
      request.open(method, path);
      for (const [name, told] of Object.entries({ ...headers, ...(key() && { Authorization: `Bearer ${key()}` }) })) request.setRequestHeader(name, told);
      request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) sent(event.loaded, event.total); });
      request.addEventListener('load', () => answer(request.status < 300, request.status, request.responseText));
      request.addEventListener('error', () => answer(false, 0, '{"detail":"The server did not answer, and may have stopped on the way. Try again: what is stored already changes nothing."}'));
      request.send(body);
    });
  }

  function ofFile() {
    const [file] = one('#file').files;
    if (!file) { complain([{ detail: 'Choose a file.' }], 'file'); return null; }
    const kind = kinds[file.name.toLowerCase().split('.').pop()];
    if (!kind) { complain([{ detail: 'Its name ends like none that can be read: .csv, .tsv, .txt, .xlsx, .ods, .json, .gz.' }], 'file'); return null; }
    return { file, headers: { 'Content-Type': kind } };
  }

  // Faults: each with the line and the column of the file that it is of.
  function complain(errors, field) {
    all('[aria-invalid]', form).forEach((input) => input.removeAttribute('aria-invalid'));
    const where = ({ line, column, pointer }) => [line && `line ${line}`, column && `column “${column}”`, !column && pointer && pointer !== '/' && pointer].filter(Boolean).join(', ');
    one('#errors ul').replaceChildren(...errors.map((error) => {
      const place = where(error);
      const words = `${place ? `${place[0].toUpperCase()}${place.slice(1)}: ` : ''}${error.detail}`;
      return make('li', {}, make('a', { href: `#${field}`, textContent: words }));
    }));
    one(`#${field}`).setAttribute('aria-invalid', 'true');
    one('#errors').hidden = false;
    document.title = `Error: ${document.title.replace(/^Error: /, '')}`;
    one('#errors').focus();
  }

  function fine() {
    one('#errors').hidden = true;
    all('[aria-invalid]', form).forEach((input) => input.removeAttribute('aria-invalid'));
    document.title = document.title.replace(/^Error: /, '');
  }

  const faults = ({ errors, detail }) => (errors?.length ? errors : [{ detail }]);
  const cell = (role, ...children) => { const made = make(role === 'rowheader' ? 'th' : 'td', role === 'rowheader' ? { scope: 'row' } : {}, ...children); made.setAttribute('role', role); return made; };
  const row = (...cells) => { const made = make('tr', {}, ...cells); made.setAttribute('role', 'row'); return made; };

  function showColumns(preview = []) {
    const becomes = new Map();
    for (const { columns: origins } of preview) {
      for (const [pointer, column] of Object.entries(origins)) {
        const words = pointer.replace(/^\/|\/\d+/g, '').replace(/^quantities\//, 'figure: ').replaceAll('/', ', ').replaceAll('_', ' ');
        becomes.set(column, (becomes.get(column) || new Set()).add(words));
      }
    }
    const unused = preview.length ? 'nothing in these rows' : 'look at ten rows to see';
    one('#columns').replaceChildren(...columns.map(({ name, example }) => row(
      cell('rowheader', make('bdi', { textContent: name })),
      cell('cell', make('bdi', { textContent: example || '–' })),
      cell('cell', becomes.has(name) ? [...becomes.get(name)].join('; ') : make('span', { className: 'soft', textContent: unused })),
    )));
  }

  one('#read').addEventListener('click', async () => {
    const sent = ofFile();
    if (!sent) return;
    say('read-status', 'Reading …');
    const { ok, body } = await send('POST', `/v1/mappings/suggest?${new URLSearchParams({ document: value('name') || sent.file.name })}`, sent.file, sent.headers);
    say('read-status', '');
    if (!ok) { complain(faults(body), /key|scope/i.test(body.detail || '') ? 'key' : 'file'); return; }
    fine();
    one('#mapping').value = body.text;
    one('#mapping-id').value = slug(value('name') || sent.file.name) || 'my-table';
    one('#questions').hidden = !body.questions.length;
    one('#questions ul').replaceChildren(...body.questions.map((words) => make('li', { textContent: words })));
    columns = body.columns;
    showColumns();
    one('#match').hidden = false;
    one('#rows').hidden = true;
    one('#mapping').focus();
  });

  // The mapping is stored before it is tried: an import reads by a stored one.
  async function keep() {
    const text = one('#mapping').value;
    const path = `/v1/mappings/${encodeURIComponent(value('mapping-id'))}`;
    if (stored === `${path} ${text}`) return true;
    let match = stored.startsWith(`${path} `) ? version : undefined;
    if (!match) {
      const { ok, etag } = await send('GET', path);
      match = ok ? etag : undefined;
    }
    const { ok, body, etag } = await send('PUT', path, text, { 'Content-Type': 'application/toml', ...(match ? { 'If-Match': match } : { 'If-None-Match': '*' }) });
    if (!ok) { complain(faults(body), 'mapping'); return false; }
    [stored, version] = [`${path} ${text}`, etag];
    return true;
  }

  one('#look').addEventListener('click', async () => {
    const sent = ofFile();
    if (!sent) return;
    say('look-status', 'Reading …');
    if (await keep()) {
      const query = new URLSearchParams({ mapping: value('mapping-id'), dry_run: 'true', mode: 'partial', preview: '10' });
      const { ok, body } = await send('POST', `/v1/imports?${query}`, sent.file, sent.headers);
      if (body.preview) showRows(body);
      const good = ok && !body.failed;
      one('#import').disabled = !good;
      if (good) { fine(); one('#import').focus(); } else complain(faults(body), 'mapping');
    }
    say('look-status', '');
  });

  function showRows(body) {
    one('#rows').hidden = false;
    one('#preview').replaceChildren(...body.preview.map(({ line, words }) => row(cell('rowheader', String(line)), cell('cell', make('bdi', { textContent: words })))));
    showColumns(body.preview);
    const failed = body.failed ? ` ${body.failed.toLocaleString('en')} cannot be read: the import takes all of a file or nothing.` : '';
    say('tally', `All of it: ${told(body)}.${failed} Nothing is stored yet. ${body.notices.map(({ detail }) => `Note: ${detail}.`).join(' ')}`);
  }

  const told = ({ created, changed, unchanged, withdrawn }) => [[created, 'new'], [changed, 'changed'], [unchanged, 'as they were'], [withdrawn, 'withdrawn']]
    .filter(([count]) => count).map(([count, words]) => `${count.toLocaleString('en')} ${words}`).join(', ') || 'nothing new';

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const sent = ofFile();
    if (!sent || one('#import').disabled) return;
    one('#import').disabled = true;
    say('progress-status', 'Sending …');
    const { ok, body } = await send('POST', `/v1/imports?${new URLSearchParams({ mapping: value('mapping-id') })}`, sent.file, sent.headers, (at, whole) => {
      one('#progress').value = Math.round((at / whole) * 100);
      if (at === whole) { one('#progress').removeAttribute('value'); say('progress-status', 'All of it is sent; it is being written, all or nothing …'); }
    });
    one('#progress').value = ok ? 100 : 0;
    say('progress-status', ok ? 'Done' : '');
    if (!ok) { complain(faults(body), 'mapping'); return; }
    fine();
    one('#done').hidden = false;
    one('#done').replaceChildren(make('b', { textContent: `Imported: ${told(body)}. ` }), make('a', { href: '/claims', textContent: 'See the claims' }), '. Sent again, the same file changes nothing.');
  });
}
