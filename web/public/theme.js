// Runs before the first paint: the theme must not flash. Kept tiny; the app takes over afterwards.
(function () {
  var theme = 'auto', lang = '';
  try {
    var prefs = JSON.parse(localStorage.getItem('signalbox.prefs') || '{}');
    theme = prefs.theme || 'auto';
    lang = prefs.lang || '';
  } catch (e) { /* a damaged preference is no reason to show nothing */ }
  var light = theme === 'light' || (theme === 'auto' && matchMedia('(prefers-color-scheme: light)').matches);
  var root = document.documentElement;
  root.dataset.theme = light ? 'light' : 'dark';
  if (lang) root.lang = lang;
  var meta = document.querySelector('meta[name=theme-color]');
  if (meta) meta.content = light ? '#f6f8fa' : '#0a0d12';
})();
