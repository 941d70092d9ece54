using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Serverless.Notifications;

/// <summary>The query parameter "limit" of lists.</summary>
internal static class PageSize
{
    /// <summary>Null when it is no whole number from 1 to <paramref name="most"/>.</summary>
    public static int? Of(HttpRequest request, int otherwise, int most) =>
        !request.Query.TryGetValue("limit", out var text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most ? limit
        : null;
}
