using System.CommandLine;
using Serverless.Capacity;

namespace Serverless.Local.Commands;

/// <summary>What "estimate" is told.</summary>
internal sealed class EstimateArguments
{
    private readonly Argument<string> _load = new("load") { Description = $"A file with a load as JSON, or an example: {string.Join(", ", LoadExamples.Names)}" };
    private readonly Option<string?> _write = new("--write") { Description = "Write the parameters of infra/main.bicep that carry the load to this file, such as infra/x.bicepparam" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the estimate as JSON" };

    public void AddTo(Command verb)
    {
        verb.Add(_load);
        verb.Add(_write);
        verb.Add(_json);
    }

    public EstimateOptions Read(ParseResult parsed) => new(parsed.GetValue(_load)!, parsed.GetValue(_write), parsed.GetValue(_json));
}

/// <param name="Load">A file, or the name of an example.</param>
/// <param name="Write">Where the parameters are written; null: nowhere.</param>
/// <param name="Json">Whether the estimate is printed as JSON, not as tables.</param>
internal sealed record EstimateOptions(string Load, string? Write, bool Json);
