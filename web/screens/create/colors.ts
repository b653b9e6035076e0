/** The calm colours a nest can choose from; any other may come from another app. */
export const COLORS = [
  { value: '#c96a3b', name: 'create:clay' },
  { value: '#b8893a', name: 'create:straw' },
  { value: '#6f8f3a', name: 'create:moss' },
  { value: '#2c8f6a', name: 'create:pine' },
  { value: '#2f7fb8', name: 'create:sky' },
  { value: '#5b62c4', name: 'create:iris' },
  { value: '#8a4fc0', name: 'create:plum' },
  { value: '#c0466e', name: 'create:rose' },
] as const;
