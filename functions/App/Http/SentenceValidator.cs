using Microsoft.Extensions.Options;

namespace Serverless.Http;

/// <summary>Stops start-up with a sentence when options contradict each other.</summary>
/// <param name="problem">Null when all is well.</param>
internal sealed class SentenceValidator<T>(Func<T, string?> problem) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options) =>
        problem(options) is { } sentence ? ValidateOptionsResult.Fail(sentence) : ValidateOptionsResult.Success;
}
