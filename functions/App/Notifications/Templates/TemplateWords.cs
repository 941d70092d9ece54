using Fluid;
using Fluid.Ast;

namespace Serverless.Notifications;

/// <summary>Walks a template: which variables and filters it uses.</summary>
internal sealed class TemplateWords : AstVisitor
{
    private readonly HashSet<string> _own = new(StringComparer.Ordinal) { "forloop", "tablerowloop" };
    private readonly List<string> _used = [];
    private readonly List<string> _filters = [];

    private TemplateWords()
    {
    }

    /// <summary>A sentence about a variable that is not declared, or a filter that is not taken; null when all is well.</summary>
    public static string? Problem(IFluidTemplate template, IReadOnlySet<string> declared)
    {
        var words = new TemplateWords();
        words.VisitTemplate(template);
        if (words._filters.Find(filter => !TemplateLanguage.Filters.Contains(filter)) is { } filter)
            return $"There is no filter '{filter}'; taken are {string.Join(", ", TemplateLanguage.Filters)}.";
        return words._used.Find(name => !declared.Contains(name) && !words._own.Contains(name)) is { } unknown
            ? $"'{unknown}' is not declared among the parameters."
            : null;
    }

    protected override Statement VisitForStatement(ForStatement forStatement)
    {
        _own.Add(forStatement.Identifier);
        return base.VisitForStatement(forStatement);
    }

    protected override Statement VisitTableRowStatement(TableRowStatement tableRowStatement)
    {
        _own.Add(tableRowStatement.Identifier);
        return base.VisitTableRowStatement(tableRowStatement);
    }

    protected override Statement VisitAssignStatement(AssignStatement assignStatement)
    {
        _own.Add(assignStatement.Identifier);
        return base.VisitAssignStatement(assignStatement);
    }

    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        _filters.Add(filterExpression.Name);
        return base.VisitFilterExpression(filterExpression);
    }

    protected override Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        if (memberExpression.Segments is [IdentifierSegment first, ..])
            _used.Add(first.Identifier);
        return base.VisitMemberExpression(memberExpression);
    }
}
