import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Button } from './button.tsx';

it('keeps the focus while busy: it says that it cannot be pressed, and is not taken out of the page’s order', () => {
  const busy = renderToStaticMarkup(
    <Button busy disabled>
      Restarting...
    </Button>,
  );
  expect(busy).toContain('aria-disabled="true"');
  expect(busy).toContain('aria-busy="true"');
  expect(busy).not.toContain('disabled=""');
  expect(renderToStaticMarkup(<Button disabled>Restart</Button>)).toContain('disabled=""');
});
