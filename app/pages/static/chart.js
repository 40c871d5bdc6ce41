// The chart that answers to the pointer: Vega, fetched only when it is asked for. It is drawn from
// the API's own Vega-Lite, by Vega's interpreter, so that the policy needs no `unsafe-eval`.
'use strict';
(() => {
  const figure = document.querySelector('figure[data-chart]');
  const button = figure?.querySelector('[data-explore]');
  if (!button) return;
  const status = figure.querySelector('[role=status]');
  const PARTS = ['vega', 'vega-lite', 'vega-embed'];

  const load = (name) => new Promise((done, fail) => {
    const script = document.createElement('script');
    Object.assign(script, { src: `/pages/vega/${name}.min.js`, onload: done, onerror: fail });
    document.head.append(script);
  });

  // A figure's words, as its row in the table above says them.
  function words(datum, told) {
    const row = document.querySelector(`table a.said[href="/claims/${CSS.escape(encodeURIComponent(datum.claim))}"]`)?.closest('tr');
    if (!row) return [datum.told || told.get(datum.claim) || datum.claim];
    return [...row.cells].map((cell) => cell.innerText.replace(/\s*\n\s*/g, '; ').trim()).filter(Boolean);
  }

  const claimed = (item) => {
    for (let at = item; at; at = at.mark?.group) if (at.datum?.claim) return at.datum;
    return null;
  };

  function answer(view, told, plot) {
    const tip = Object.assign(document.createElement('div'), { className: 'tip', hidden: true });
    tip.setAttribute('aria-hidden', 'true');
    plot.append(tip);
    view.addEventListener('pointermove', (event, item) => {
      const datum = claimed(item);
      tip.hidden = !datum;
      plot.classList.toggle('over', Boolean(datum));
      if (!datum) return;
      tip.replaceChildren(...words(datum, told).map((text) => Object.assign(document.createElement('p'), { textContent: text })));
      const box = plot.getBoundingClientRect();
      tip.style.left = `${Math.max(0, Math.min(event.clientX - box.left + 14, box.width - tip.offsetWidth))}px`;
      tip.style.top = `${event.clientY - box.top + 14}px`;
    });
    view.addEventListener('click', (event, item) => {
      const datum = claimed(item);
      if (datum) location.assign(`/claims/${encodeURIComponent(datum.claim)}`);
    });
    plot.addEventListener('pointerleave', () => { tip.hidden = true; });
  }

  // Vega's interpreter leaves out ticks that are each an expression: they are numbers as well.
  function compiled(spec) {
    const made = window.vegaLite.compile(spec).spec;
    const plain = (tick) => (tick?.signal ? Number(/^datetime\((-?[\d.]+)\)$/.exec(tick.signal)?.[1]) : tick);
    for (const axis of made.axes || []) if (Array.isArray(axis.values)) axis.values = axis.values.map(plain);
    return made;
  }

  async function draw() {
    for (const part of PARTS) await load(part);
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const spec = await (await fetch(figure.dataset.chart + (dark ? `${figure.dataset.chart.includes('?') ? '&' : '?'}theme=dark` : ''))).json();
    const told = new Map((spec.datasets.figures || []).map((one) => [one.claim, one.told]));
    const plot = Object.assign(document.createElement('div'), { className: 'plot' });
    const region = figure.querySelector('[role=region]');
    region.append(plot);
    const { view } = await window.vegaEmbed(plot, compiled(spec), { mode: 'vega', ast: true, actions: false, defaultStyle: false, renderer: 'svg', tooltip: () => {} });
    region.querySelector('picture').hidden = true;
    answer(view, told, plot);
  }

  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    status.textContent = 'Loading the chart…';
    try {
      await draw();
      status.textContent = 'Point at a mark to read its words; click on it for its claim. By keyboard, the table above has the same.';
      button.hidden = true;
    } catch {
      status.textContent = 'The chart could not be loaded. The picture shows the same.';
      button.disabled = false;
    }
  });
})();
