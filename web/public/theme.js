// Before the first paint: the theme a person chose on this device. Without a choice the system decides (CSS alone).
try {
  const theme = localStorage.getItem('nests.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // A browser that forbids storage follows the system.
}
