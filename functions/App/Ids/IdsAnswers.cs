using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Ids;

/// <summary>Outcomes as HTTP.</summary>
internal static class IdsAnswers
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static IResult Of(IssuedIds result) => result switch
    {
        IssuedIds.Issued<Snowflake>(var ids) => new IdsResult<Snowflake>(ids),
        IssuedIds.Issued<long>(var ids) => new IdsResult<long>(ids),
        IssuedIds.Issued<Guid>(var ids) => new IdsResult<Guid>(ids),
        IssuedIds.Refused(var why) => Of(why),
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    public static IResult Of(DecodedId? decoded) => decoded is not null
        ? Results.Json(decoded, Json)
        : Problems.BadRequest("bad-id", "This is no id: it must be a decimal number from 1 to 2^63 - 1, or a UUID of version 4 or 7 in its 36 characters.");

    private static IResult Of(IdRefusal why) => why switch
    {
        IdRefusal.NoWorker(var workers, var retryAfter) => Problems.Unavailable(
            "worker-ids-exhausted", "No worker id is free",
            $"All {workers} worker ids of this region are leased by other instances. None was issued here; ask again, or use the strategy uuid7.", retryAfter),
        IdRefusal.Unavailable => Problems.Unavailable(
            "ids-unavailable", "Ids cannot be counted now",
            "The storage that counts these ids does not answer, and what was reserved before is used up. The strategies uuid7 and uuid4 need none.", TimeSpan.FromSeconds(1)),
        IdRefusal.OtherLayout(var stored, var configured) => Problems.Unavailable(
            "ids-layout-changed", "Ids were issued with another layout",
            $"Ids of this region were issued with epoch and bits {stored}, but this instance is configured with {configured}: ids could repeat. Restore the section Ids.", TimeSpan.FromMinutes(1)),
        IdRefusal.NoDatacenter(var region, var number, var limit) => Problems.Unavailable(
            "datacenter-ids-exhausted", "The region has no number that fits",
            $"The region {region} has number {number}, but these ids have room for {limit}.", TimeSpan.FromMinutes(1)),
        _ => Problems.Conflict("ids-used-up", "All numbers that these ids can have were issued."),
    };

    // Written as it is formatted: ten thousand ids become no string.
    private sealed class IdsResult<T>(T[] ids) : IResult
        where T : IUtf8SpanFormattable
    {
        private const int LongestId = 36;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            Write(new Utf8JsonWriter(httpContext.Response.BodyWriter));
            await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }

        private void Write(Utf8JsonWriter json)
        {
            Span<byte> text = stackalloc byte[LongestId];
            json.WriteStartObject();
            json.WriteStartArray("ids"u8);
            foreach (var id in ids)
            {
                id.TryFormat(text, out var length, default, null);
                json.WriteStringValue(text[..length]);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
        }
    }
}
