/** The part of asl-validator, which has no types of its own, that the tests use. */
declare module "asl-validator" {
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly { readonly "Error code": string; readonly Message: string }[];
  };
}
