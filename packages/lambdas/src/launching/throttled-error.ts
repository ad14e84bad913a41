import { MusterError } from "@muster/pipeline";

/** EC2 asks for patience, or gives no answer: the state's retrier, which waits 5, 10, 20 seconds, is how a function is patient without sleeping. */
export class ThrottledError extends MusterError {
  override readonly name = "Muster.Throttled";
}
