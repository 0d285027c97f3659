// Stands in for @types/prop-types, which Debian does not ship: React's types only need these names.
export interface Validator<T> {
  (props: Record<string, unknown>, name: string, component: string): Error | null;
  __type?: T;
}
export interface Requireable<T> extends Validator<T | null | undefined> {
  isRequired: Validator<NonNullable<T>>;
}
export type ValidationMap<T> = { [K in keyof T]?: Validator<T[K]> };
export type InferType<P> = P extends Requireable<infer T> ? T | null | undefined
  : P extends Validator<infer T> ? T
  : never;
export type InferProps<V> = { [K in keyof V]: InferType<V[K]> };
