window.zeroten ??= (...command) => {
  window.zeroten.q ??= []
  window.zeroten.q.push(command)
}

window.zeroten('on', 'response', ({ score }) => {
  document.title = `Thank you for ${score}`
})
addEventListener('click', ({ target }) => {
  if (target.id === 'consent') window.zeroten('consent', true)
})
