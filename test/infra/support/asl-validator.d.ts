declare module 'asl-validator' {
  interface Validity {
    readonly isValid: boolean;
    errorsText(): string;
  }
  const validate: (definition: unknown) => Validity;
  export default validate;
}
