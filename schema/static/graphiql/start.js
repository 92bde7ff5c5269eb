"use strict";
const example = `# 洛书 · Luoshu. Every type and field is described in the panel on the left, in Chinese and English.
# 左侧“Docs”面板里有每个类型和字段的中英文说明。

query LargestReceivables {
  receivables(first: 5, orderBy: [{ field: FACE, direction: DESC }]) {
    totalCount
    nodes {
      id
      face { amount currency }
      dueOn
      owner { name }
      obligor { name }
      claims { source { name } locator confidence }
    }
  }
}
`;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({
      url: "/graphql",
      subscriptionUrl: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    }),
    defaultQuery: example,
    shouldPersistHeaders: false,
  })
);
