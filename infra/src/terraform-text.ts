/** Text in which Terraform finds nothing of its own but the references of this stack. */
export function terraformText(text: string): string {
  return text.replaceAll(/\$\{(?!TfToken\[)/g, () => "$${").replaceAll("%{", "%%{");
}
