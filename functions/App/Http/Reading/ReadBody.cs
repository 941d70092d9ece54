using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>Reads bodies of this room's requests.</summary>
internal static class ReadBody
{
    /// <summary>What <paramref name="read"/> makes of the body, or the answer that says what is wrong with it.</summary>
    public static async Task<(T? Value, IResult? Refusal)> AsAsync<T>(HttpRequest request, int mostBytes, Func<ObjectReader, T> read)
        where T : class
    {
        var (body, refusal) = await JsonBody.ReadAsync(request, mostBytes);
        if (body is null)
            return (null, refusal);
        using (body)
        {
            var reader = new ObjectReader(body.RootElement, "", new FieldProblem());
            var value = read(reader);
            reader.Close();
            return reader.Problem.Refusal is { } wrong ? (null, wrong) : (value, null);
        }
    }
}
