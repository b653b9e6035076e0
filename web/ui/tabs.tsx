import { Tabs as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';

/** What Tabs take. */
export interface TabsProps {
  /** The accessible name of the row of tabs. */
  label: string;
  tabs: readonly { value: string; label: string; content: ReactNode }[];
  value?: string;
  onChange?: (value: string) => void;
}

/** Several panes in one place; arrow keys move between them. */
export function Tabs({ label, tabs, value, onChange }: TabsProps) {
  return (
    <Primitive.Root
      defaultValue={tabs[0]?.value ?? ''}
      {...(value === undefined ? {} : { value })}
      {...(onChange ? { onValueChange: onChange } : {})}
    >
      <Primitive.List aria-label={label} className="flex gap-1 overflow-x-auto">
        {tabs.map((tab) => (
          <Primitive.Trigger
            key={tab.value}
            value={tab.value}
            className="min-h-11 shrink-0 rounded-full px-4 text-sm font-semibold text-muted transition hover:text-text data-[state=active]:bg-raised data-[state=active]:text-text"
          >
            {tab.label}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {tabs.map((tab) => (
        <Primitive.Content key={tab.value} value={tab.value} className="pt-4">
          {tab.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
