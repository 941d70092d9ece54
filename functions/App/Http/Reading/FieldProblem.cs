using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>The first thing that is wrong with a request; what comes later is not looked at by anybody.</summary>
internal sealed class FieldProblem
{
    private string? _field;
    private string _detail = "";

    /// <summary>Whether anything is wrong.</summary>
    public bool IsSet => _field is not null;

    /// <summary>The field and the sentence; null when nothing is wrong.</summary>
    public (string Field, string Sentence)? First => _field is { } named ? (named, _detail) : null;

    /// <summary>The answer 400 bad-field; null when nothing is wrong.</summary>
    public IResult? Refusal => _field is { } named ? Problems.BadField(named, $"{_detail} Nothing was stored.") : null;

    /// <param name="field">Its path, such as "recipients[3].user".</param>
    /// <param name="detail">A sentence.</param>
    public void Add(string field, string detail)
    {
        if (_field is null)
            (_field, _detail) = (field, detail);
    }
}
