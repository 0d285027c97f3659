// Stands in for the csstype package, which Debian does not ship: React's types only need these names.
export interface Properties<Length = string | 0, Time = string> {
  [property: string]: string | number | Length | Time | undefined;
}
export interface PropertiesHyphen<Length = string | 0, Time = string> extends Properties<Length, Time> {}
