// Keeps the page fresh, and lets a person act through the control API. Without scripts the page still reads.
const send = (method, path, body) =>
  fetch('/sandbox/' + path, { method, body: JSON.stringify(body) })
    .then(async answer => answer.ok || alert((await answer.json()).message))
    .then(() => refresh(true));

let last = '';
async function refresh(now) {
  const busy = [...document.querySelectorAll('textarea')].some(box => box.value || box === document.activeElement);
  if (document.hidden || (busy && !now) || document.activeElement?.tagName === 'SELECT') return;
  const fresh = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), 'text/html');
  const main = fresh.querySelector('main');
  if (!main || main.outerHTML === last) return;
  last = main.outerHTML;
  document.querySelector('main').replaceWith(main);
}

document.addEventListener('submit', event => {
  event.preventDefault();
  const { key, id } = event.target.dataset;
  const { author, text } = Object.fromEntries(new FormData(event.target));
  localStorage.author = author;
  event.target.text.value = '';
  document.activeElement?.blur();
  if (text.trim()) send('POST', 'comments', { [key]: id, author, text });
});

document.addEventListener('change', event => {
  const { block, property } = event.target.dataset;
  const page = document.querySelector('main').dataset.page;
  document.activeElement?.blur();
  if (block) send('PATCH', 'blocks/' + block, { to_do: { checked: event.target.checked } });
  if (property) send('POST', `pages/${page}/properties`, { [property]: event.target.value });
});

document.addEventListener('keydown', event => {
  if (event.target.name === 'text' && event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

document.addEventListener('focusin', event => {
  const select = event.target.form?.author;
  if (select && localStorage.author) select.value = localStorage.author;
});

setInterval(refresh, 1500);
