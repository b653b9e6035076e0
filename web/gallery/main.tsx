import { createRoot } from 'react-dom/client';
import { loadWords, startI18n } from '../i18n/index.ts';
import { Announcer } from '../ui/announcer.tsx';
import { Toaster } from '../ui/toast.tsx';
import '../ui/theme.css';
import { Gallery } from './gallery.tsx';

const wanted = new URLSearchParams(location.search);
const theme = wanted.get('theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
await startI18n();
await loadWords('nest', 'errors', 'diagnostics', 'failed', 'planned', 'later', 'layers', 'person', 'share');

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <>
    <Gallery name={wanted.get('state') ?? ''} />
    <Announcer />
    <Toaster />
  </>,
);
