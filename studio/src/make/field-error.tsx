/** What is wrong with a field, in words, at the field. */
export function FieldError({ errors, name }: { errors: ReadonlyMap<string, string>; name: string }) {
  const error = errors.get(name);
  if (error === undefined) return null;
  return (
    <span class="error" role="alert" id={`error-${name}`}>
      {error}
    </span>
  );
}
