'use strict';

// Everything that arrived is shown as text: nothing of it becomes markup here.
const names = { apns: 'APNs', fcm: 'FCM', sms: 'SMS', smtp: 'Mail' };
const answers = [['ok', 'ok'], ['429', '429'], ['410', '410'], ['500', '500'], ['timeout', 'silent']];
const most = 500;
const byId = id => document.getElementById(id);
const state = { after: 0, chosen: 0, generation: 0 };

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

async function getJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

const time = at => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

function row(message) {
  const button = make('button', { type: 'button', onclick: () => choose(message.number), 'data-number': message.number },
    make('span', { class: 'mark' }, names[message.provider] ?? message.provider),
    make('span', { class: 'title' }, message.title ?? (message.body || '(nothing)')),
    make('span', { class: 'when' }, time(message.at)),
    make('span', { class: 'about' },
      make('span', { class: 'to' }, message.to),
      message.repeats ? make('span', { class: 'again' }, 'again') : '',
      make('span', { class: `answer ${message.taken ? 'good' : 'bad'}` }, message.answer)));
  return make('li', {}, button);
}

async function choose(number) {
  state.chosen = number;
  for (const button of document.querySelectorAll('li button')) button.setAttribute('aria-current', String(Number(button.dataset.number) === number));
  const message = await getJson(`/inbox/messages/${number}`);
  const parts = [
    make('h3', {}, message.title ?? names[message.provider]),
    make('p', { class: 'meta' }, `To ${message.to} by ${names[message.provider]} at ${time(message.at)}; answered ${message.answer}${message.repeats ? '; it had been taken before' : ''}`),
    make('p', { class: 'text' }, message.body),
  ];
  if (message.hasHtml) parts.push(make('h4', {}, 'As HTML'), make('iframe', { src: `/inbox/messages/${number}/html`, sandbox: '', title: 'The mail as HTML' }));
  parts.push(make('h4', {}, 'Over the wire'), make('pre', { tabindex: '0' }, message.raw));
  byId('detail').replaceChildren(...parts);
  if (matchMedia('(max-width: 800px)').matches) byId('detail').scrollIntoView();
}

function counts(all) {
  for (const provider of Object.keys(names)) {
    const count = all[provider] ?? { taken: 0, refused: 0, repeated: 0 };
    const shown = byId(`count-${provider}`);
    if (shown) shown.textContent = `${count.taken} taken${count.refused ? `, ${count.refused} refused` : ''}${count.repeated ? `, ${count.repeated} again` : ''}`;
  }
}

async function poll() {
  const generation = state.generation;
  try {
    const query = new URLSearchParams({ after: state.after, limit: 200 });
    if (byId('provider').value) query.set('provider', byId('provider').value);
    if (byId('to').value) query.set('to', byId('to').value);
    const answer = await getJson(`/inbox/messages?${query}`);
    if (generation === state.generation) {
      if (answer.messages.length) {
        state.after = answer.messages[0].number;
        byId('messages').prepend(...answer.messages.map(row));
        while (byId('messages').children.length > most) byId('messages').lastChild.remove();
      }
      counts(answer.counts);
      byId('empty').hidden = byId('messages').children.length > 0;
    }
    byId('gone').hidden = true;
  } catch {
    byId('gone').hidden = false;
  }
  setTimeout(poll, 1000);
}

function restart() {
  Object.assign(state, { after: 0, generation: state.generation + 1 });
  byId('messages').replaceChildren();
}

function card(provider, set) {
  const status = make('p', { class: 'state', 'aria-live': 'polite' });
  const percent = make('input', { type: 'number', min: 1, max: 100, value: set.percent, 'aria-label': `${names[provider]}: percent of calls` });
  const to = make('input', { type: 'text', value: set.to ?? '', placeholder: 'any address', 'aria-label': `${names[provider]}: only addresses that contain` });
  const share = make('div', { class: 'share' }, percent, '% of calls to', to);
  const show = now => {
    share.hidden = now.answer === 'ok';
    status.hidden = now.answer === 'ok';
    const what = now.answer === 'timeout' ? 'takes messages and does not answer' : `answers ${now.answer}`;
    status.textContent = `${what} for ${now.percent} %${now.to ? ` of calls to “${now.to}”` : ''}`;
  };
  const send = async answer => {
    const response = await fetch(`/inbox/switches/${provider}`, {
      method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ answer, percent: Number(percent.value), to: to.value }),
    });
    if (response.ok) show(await response.json());
    else status.textContent = 'Give a percentage from 1 to 100.';
  };
  let current = set.answer;
  const segments = make('div', { class: 'segments' }, ...answers.map(([answer, label]) => make('label', {},
    make('input', { type: 'radio', name: `switch-${provider}`, value: answer, checked: answer === set.answer, onchange: () => send(current = answer) }),
    make('span', {}, label))));
  for (const input of [percent, to]) input.addEventListener('change', () => send(current));
  show(set);
  return make('fieldset', {}, make('legend', { class: 'top', hidden: true }, names[provider]),
    make('div', { class: 'top' }, make('strong', {}, names[provider]), make('span', { id: `count-${provider}` }, '')), segments, share, status);
}

byId('provider').addEventListener('change', restart);
byId('to').addEventListener('input', restart);
byId('filters').addEventListener('submit', event => event.preventDefault());
byId('clear').addEventListener('click', async () => {
  await fetch('/inbox/messages', { method: 'DELETE' });
  restart();
  byId('detail').replaceChildren(make('p', { class: 'empty' }, 'Choose a message to see what went over the wire.'));
});

getJson('/inbox/switches').then(all => byId('providers').replaceChildren(...Object.keys(names).map(provider => card(provider, all[provider])))).then(poll, poll);
